/** A picture, painted: the page's policy has no room for images from elsewhere. */
import { createSignal, onMount, Show, type JSX } from 'solid-js';

const mostPixels = 4_096;

export function Picture(props: { of: Blob; label: string }): JSX.Element {
  const [fault, setFault] = createSignal(false);
  let canvas: HTMLCanvasElement | undefined;
  onMount(() => {
    const paint = async () => {
      const bitmap = await createImageBitmap(props.of);
      if (!canvas) return;
      canvas.width = Math.min(bitmap.width, mostPixels);
      canvas.height = Math.min(bitmap.height, mostPixels);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      bitmap.close();
    };
    paint().catch(() => setFault(true));
  });
  return (
    <Show when={!fault()} fallback={<p class="muted">This image cannot be drawn.</p>}>
      <canvas class="painted" role="img" aria-label={props.label} ref={(own) => (canvas = own)} />
    </Show>
  );
}
