/*
 * The formulas of engine/contract/compositing/ in GLSL, in whole numbers where they are so there. Row 0 of every texture is a picture's top
 * row; only what goes to the screen is turned over.
 */

const head = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
`;

const bytes = `
ivec4 bytesAt(sampler2D picture, ivec2 at) { return ivec4(texelFetch(picture, at, 0) * 255.0 + 0.5); }
int weightOf(float share) { return int(floor(clamp(share, 0.0, 1.0) * 256.0 + 0.5)); }
ivec4 weighed(ivec4 value, int weight) { return (value * weight + 128) >> 8; }
`;

/** One triangle over everything. */
export const everywhere = `${head}
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** contract/compositing/colour.ts: planes of code values to premultiplied bytes; chroma is repeated, the picture turned upright. */
export const fromPlanes = `${head}
uniform sampler2D first;
uniform sampler2D second;
uniform sampler2D third;
uniform sampler2D fourth;
uniform bool interleaved;
uniform bool hasAlpha;
uniform bool stackedAlpha;
uniform bool pq;
uniform bool flip;
uniform int rotation;
uniform ivec2 coded;
uniform ivec2 halved;
uniform vec4 levels; // black, luma, grey, chroma
uniform vec2 lumaWeights; // red, blue
out vec4 colour;

float logistic(float x) { return 1.0 / (1.0 + exp(-x)); }
float fromPq(float signal) {
  float low = logistic(-7.0 * 0.43);
  return (logistic(7.0 * (clamp(signal, 0.0, 1.0) - 0.43)) - low) / (logistic(7.0 * 0.57) - low);
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec2 upright = rotation % 180 == 0 ? coded : coded.yx;
  if (flip) at.x = upright.x - 1 - at.x;
  if (rotation == 90) at = ivec2(at.y, coded.y - 1 - at.x);
  else if (rotation == 180) at = coded - 1 - at;
  else if (rotation == 270) at = ivec2(coded.x - 1 - at.y, at.x);
  ivec2 chroma = at >> halved;
  float y = floor(texelFetch(first, at, 0).r * 255.0 + 0.5);
  vec2 c = interleaved
    ? texelFetch(second, chroma, 0).rg
    : vec2(texelFetch(second, chroma, 0).r, texelFetch(third, chroma, 0).r);
  c = (floor(c * 255.0 + 0.5) - levels.z) / levels.w;
  float luma = (y - levels.x) / levels.y;
  float r = luma + 2.0 * (1.0 - lumaWeights.x) * c.y;
  float b = luma + 2.0 * (1.0 - lumaWeights.y) * c.x;
  float g = (luma - lumaWeights.x * r - lumaWeights.y * b) / (1.0 - lumaWeights.x - lumaWeights.y);
  vec3 rgb = vec3(r, g, b);
  if (pq) rgb = vec3(fromPq(r), fromPq(g), fromPq(b));
  float alpha = 255.0;
  if (hasAlpha) alpha = floor(texelFetch(fourth, at, 0).r * 255.0 + 0.5);
  if (stackedAlpha) {
    float code = floor(texelFetch(first, at + ivec2(0, coded.y), 0).r * 255.0 + 0.5);
    alpha = floor(clamp((code - 16.0) / 219.0, 0.0, 1.0) * 255.0 + 0.5);
  }
  vec3 plain = floor(clamp(rgb, 0.0, 1.0) * 255.0 + 0.5);
  colour = vec4(floor(plain * alpha / 255.0 + 0.5), alpha) / 255.0;
}`;

/** R, G, B, A that is not premultiplied. */
export const premultiply = `${head}${bytes}
uniform sampler2D picture;
out vec4 colour;
void main() {
  vec4 plain = vec4(bytesAt(picture, ivec2(gl_FragCoord.xy)));
  colour = vec4(floor(plain.rgb * plain.a / 255.0 + 0.5), plain.a) / 255.0;
}`;

/** contract/compositing/sampling.ts, step 1. */
export const reduce = `${head}${bytes}
uniform sampler2D picture;
uniform ivec2 size;
uniform ivec2 box;
out vec4 colour;
void main() {
  ivec2 from = ivec2(gl_FragCoord.xy) * box;
  ivec2 to = min(from + box, size);
  ivec4 sum = ivec4(0);
  for (int y = from.y; y < to.y; y++)
    for (int x = from.x; x < to.x; x++) sum += bytesAt(picture, ivec2(x, y));
  int count = (to.x - from.x) * (to.y - from.y);
  colour = vec4((sum * 2 + count) / (2 * count)) / 255.0;
}`;

/** contract/compositing/sampling.ts, step 2, and the upper pixel of blending.ts' \`over\`; the blending unit does the rest. */
export const draw = `${head}${bytes}
uniform sampler2D picture;
uniform ivec2 size;
uniform vec2 box;
uniform vec4 back; // a, b, c, d
uniform vec2 backAt; // e, f
uniform vec4 visible; // left, top, right, bottom
uniform vec2 scale;
uniform float opacity;
out vec4 colour;

float edge(float place, float from, float to, float scale) {
  return max(0.0, min(1.0, (place - from) * scale + 0.5) + min(1.0, (to - place) * scale + 0.5) - 1.0);
}
float held(float place, float from, float to) {
  return to - from < 1.0 ? (from + to) / 2.0 : min(to - 0.5, max(from + 0.5, place));
}
void main() {
  vec2 at = gl_FragCoord.xy;
  vec2 place = back.xy * at.x + back.zw * at.y + backAt;
  int weight = weightOf(
    opacity * edge(place.x, visible.x, visible.z, scale.x) * edge(place.y, visible.y, visible.w, scale.y));
  if (weight == 0) discard;
  vec4 edges = visible / box.xyxy;
  vec2 inside = vec2(held(place.x / box.x, edges.x, edges.z), held(place.y / box.y, edges.y, edges.w));
  ivec2 fine = ivec2(floor((inside - 0.5) * 256.0 + 0.5));
  ivec2 low = clamp(fine >> 8, ivec2(0), size - 1);
  ivec2 high = clamp((fine >> 8) + 1, ivec2(0), size - 1);
  ivec2 share = fine & 255;
  ivec4 top = bytesAt(picture, low) * (256 - share.x) + bytesAt(picture, ivec2(high.x, low.y)) * share.x;
  ivec4 bottom = bytesAt(picture, ivec2(low.x, high.y)) * (256 - share.x) + bytesAt(picture, high) * share.x;
  ivec4 sampled = (top * (256 - share.y) + bottom * share.y + 0x8000) >> 16;
  colour = vec4(weighed(sampled, weight)) / 255.0;
}`;

/** Dissolve (0), dip from (1) or to (2) a picture through a colour, wipe along x (3) or y (4). */
export const mix = `${head}${bytes}
uniform sampler2D before;
uniform sampler2D after;
uniform int kind;
uniform int share;
uniform vec4 through;
uniform float progress;
uniform float softness;
uniform bool backwards;
uniform vec2 frame;
out vec4 colour;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  ivec4 flat_ = ivec4(through * 255.0 + 0.5);
  ivec4 from = kind == 2 ? flat_ : bytesAt(before, at);
  ivec4 to = kind == 1 ? flat_ : bytesAt(after, at);
  int weight = share;
  if (kind >= 3) {
    float extent = kind == 3 ? frame.x : frame.y;
    float along = (kind == 3 ? gl_FragCoord.x : gl_FragCoord.y) / extent;
    float place = backwards ? 1.0 - along : along;
    float edge = max(softness, 1.0 / extent);
    weight = weightOf((progress * (1.0 + edge) - place) / edge);
  }
  colour = vec4((from * (256 - weight) + to * weight + 128) >> 8) / 255.0;
}`;

/** The finished frame over black, turned over for the screen. */
export const present = `${head}
uniform sampler2D picture;
uniform int height;
out vec4 colour;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  colour = vec4(texelFetch(picture, ivec2(at.x, height - 1 - at.y), 0).rgb, 1.0);
}`;
