/** A turn as its stream tells it: what came of the answer so far. Pure. */
export type Piece = Readonly<{ atChars: number }> &
  (
    | Readonly<{ type: 'text'; text: string }>
    | Readonly<{ type: 'thinking'; text: string }>
    | Readonly<{ type: 'tool_call'; id: string; name: string; json: string }>
    | Readonly<{ type: 'image'; media_type: string; data: string }>
  );

export type ToldTurn = Readonly<{
  /** Empty until the gateway has told it: then the question is in the log. */
  turnId: string;
  number: number;
  model: string;
  pieces: readonly Piece[];
  /** Of the text. */
  atChars: number;
  /** From where it goes on after a lost connection. */
  lastEventId: string | undefined;
  isOver: boolean;
}>;

export const untold: ToldTurn = {
  turnId: '',
  number: 0,
  model: '',
  pieces: [],
  atChars: 0,
  lastEventId: undefined,
  isOver: false,
};

type Data = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function withText(told: ToldTurn, type: 'text' | 'thinking', more: string): readonly Piece[] {
  const last = told.pieces.at(-1);
  if (last?.type !== type)
    return [...told.pieces, { type, text: more, atChars: told.atChars } as const];
  return told.pieces.with(-1, { ...last, text: last.text + more });
}

function pieces(told: ToldTurn, name: string, data: Data): readonly Piece[] {
  const { atChars } = told;
  switch (name) {
    case 'delta':
      return withText(told, 'text', text(data['text']));
    case 'thinking':
      return withText(told, 'thinking', text(data['text']));
    case 'tool_call': {
      const call = { id: text(data['id']), name: text(data['name']), json: '' };
      return [...told.pieces, { type: 'tool_call', ...call, atChars }];
    }
    case 'tool_input':
      return told.pieces.map((piece) =>
        piece.type === 'tool_call' && piece.id === data['id']
          ? { ...piece, json: piece.json + text(data['json']) }
          : piece,
      );
    case 'image': {
      const image = { media_type: text(data['media_type']), data: text(data['data']) };
      return [...told.pieces, { type: 'image', ...image, atChars }];
    }
    default:
      return told.pieces;
  }
}

export function tell(told: ToldTurn, name: string, data: Data, id: string | undefined): ToldTurn {
  if (name === 'turn') {
    const number = Number(data['turn']);
    return { ...told, turnId: text(data['turn_id']), number, model: text(data['model']) };
  }
  if (name === 'done' || name === 'error') return { ...told, isOver: true };
  const atChars = told.atChars + (name === 'delta' ? text(data['text']).length : 0);
  return {
    ...told,
    pieces: pieces(told, name, data),
    atChars,
    lastEventId: id ?? told.lastEventId,
  };
}
