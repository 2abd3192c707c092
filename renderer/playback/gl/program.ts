/** A texture of a size with the framebuffer that draws into it. */
export type Target = { texture: WebGLTexture; framebuffer: WebGLFramebuffer; width: number; height: number };

export type Uniform = number | boolean | readonly number[] | { texture: WebGLTexture };

/** A fragment shader over every pixel of a target. */
export type Pass = (uniforms: Record<string, Uniform>) => void;

const compiled = (gl: WebGL2RenderingContext, type: number, source: string): WebGLShader => {
  const shader = gl.createShader(type);
  if (!shader) throw new Error('compositor: no shader');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
    throw new Error(`compositor: ${gl.getShaderInfoLog(shader) ?? 'a shader does not compile'}`);
  return shader;
};

const set = (gl: WebGL2RenderingContext, type: number, at: WebGLUniformLocation, value: number | boolean | readonly number[]) => {
  const list = typeof value === 'object' ? value : [Number(value)];
  switch (type) {
    case gl.FLOAT: return gl.uniform1fv(at, list);
    case gl.FLOAT_VEC2: return gl.uniform2fv(at, list);
    case gl.FLOAT_VEC4: return gl.uniform4fv(at, list);
    case gl.INT_VEC2: return gl.uniform2iv(at, list);
    default: return gl.uniform1iv(at, list);
  }
}; // prettier-ignore

/** @throws Error when the shader does not compile: a bug, or a broken driver */
export const createPass = (gl: WebGL2RenderingContext, vertex: string, fragment: string): Pass => {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`compositor: ${gl.getProgramInfoLog(program) ?? 'a shader does not link'}`);
  const known = new Map<string, { at: WebGLUniformLocation; type: number }>();
  for (let i = 0; i < Number(gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS)); i++) {
    const info = gl.getActiveUniform(program, i);
    const at = info && gl.getUniformLocation(program, info.name);
    if (info && at) known.set(info.name, { at, type: info.type });
  }
  return (uniforms) => {
    gl.useProgram(program);
    let unit = 0;
    for (const [name, value] of Object.entries(uniforms)) {
      const uniform = known.get(name);
      if (!uniform) continue;
      if (typeof value === 'object' && 'texture' in value) {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, value.texture);
        gl.uniform1i(uniform.at, unit++);
      } else set(gl, uniform.type, uniform.at, value);
    }
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
};

/** Read by texelFetch alone, so without filter. */
export const createTexture = (gl: WebGL2RenderingContext): WebGLTexture => {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  return texture;
};

export const createTarget = (gl: WebGL2RenderingContext, width: number, height: number): Target => {
  const texture = createTexture(gl);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
  const framebuffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  return { texture, framebuffer, width, height };
};

export const deleteTarget = (gl: WebGL2RenderingContext, { texture, framebuffer }: Target): void => {
  gl.deleteFramebuffer(framebuffer);
  gl.deleteTexture(texture);
};

/** Targets that are used again, by their size. */
export type TargetPool = { take: (width: number, height: number) => Target; give: (target: Target) => void };

/** Free targets that are kept. */
const mostFree = 6;

export const createTargetPool = (gl: WebGL2RenderingContext): TargetPool => {
  const free: Target[] = [];
  return {
    take: (width, height) => {
      const at = free.findIndex((target) => target.width === width && target.height === height);
      return at < 0 ? createTarget(gl, width, height) : free.splice(at, 1)[0];
    },
    give: (target) => {
      free.push(target);
      const oldest = free.length > mostFree ? free.shift() : undefined;
      if (oldest) deleteTarget(gl, oldest);
    },
  };
};
