/** How browsers call a WebGL that draws on the processor. */
const onProcessor = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let known: boolean | undefined;

const look = (): boolean => {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return false;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !onProcessor.test(name);
};

/** Whether WebGL2 draws on a graphics card here: looked at once. */
export const hasGraphicsCard = (): boolean => (known ??= look());
