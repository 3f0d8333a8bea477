/** Whether a row is one of those that are looked for: one of its texts has the words in it, in whatever case. */
export const byTexts =
  <Row>(textsOf: (row: Row) => readonly string[]) =>
  (row: Row, text: string): boolean => {
    if (text === '') return true;
    const wanted = text.toLowerCase();
    return textsOf(row).some((one) => one.toLowerCase().includes(wanted));
  };
