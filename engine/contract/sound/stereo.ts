/** What each channel of a source adds to left and right, in the source's order of channels. */
export type StereoMix = { left: number[]; right: number[] };

const half = Math.SQRT1_2;

/**
 * ITU-R BS.775 for what it names: the centre and the surrounds 3 dB down, a single back centre 6 dB down on both sides, no low-frequency
 * effects. Wide and high speakers count as surrounds of their side. Nothing is scaled down to make room: the mix is in floats.
 */
const speakers: Record<string, readonly [left: number, right: number]> = {
  FL: [1, 0], FR: [0, 1], DL: [1, 0], DR: [0, 1], FC: [half, half], LFE: [0, 0], LFE2: [0, 0],
  BL: [half, 0], BR: [0, half], SL: [half, 0], SR: [0, half], SDL: [half, 0], SDR: [0, half], FLC: [half, 0], FRC: [0, half],
  WL: [half, 0], WR: [0, half], TFL: [half, 0], TFR: [0, half], TBL: [half, 0], TBR: [0, half], TSL: [half, 0], TSR: [0, half],
  BFL: [half, 0], BFR: [0, half], BC: [0.5, 0.5], TC: [0.5, 0.5], TFC: [0.5, 0.5], TBC: [0.5, 0.5], BFC: [0.5, 0.5],
}; // prettier-ignore

/** ffmpeg's layouts by name, in ffmpeg's order of channels. */
const layouts: Record<string, string> = {
  stereo: 'FL+FR', '2.1': 'FL+FR+LFE', '3.0': 'FL+FR+FC', '3.0(back)': 'FL+FR+BC', '4.0': 'FL+FR+FC+BC', quad: 'FL+FR+BL+BR',
  'quad(side)': 'FL+FR+SL+SR', '3.1': 'FL+FR+FC+LFE', '5.0': 'FL+FR+FC+BL+BR', '5.0(side)': 'FL+FR+FC+SL+SR', '4.1': 'FL+FR+FC+LFE+BC',
  '5.1': 'FL+FR+FC+LFE+BL+BR', '5.1(side)': 'FL+FR+FC+LFE+SL+SR', '6.0': 'FL+FR+FC+BC+SL+SR', '6.0(front)': 'FL+FR+FLC+FRC+SL+SR',
  hexagonal: 'FL+FR+FC+BL+BR+BC', '6.1': 'FL+FR+FC+LFE+BC+SL+SR', '6.1(back)': 'FL+FR+FC+LFE+BL+BR+BC',
  '6.1(front)': 'FL+FR+LFE+FLC+FRC+SL+SR', '7.0': 'FL+FR+FC+BL+BR+SL+SR', '7.0(front)': 'FL+FR+FC+FLC+FRC+SL+SR',
  '7.1': 'FL+FR+FC+LFE+BL+BR+SL+SR', '7.1(wide)': 'FL+FR+FC+LFE+BL+BR+FLC+FRC', '7.1(wide-side)': 'FL+FR+FC+LFE+FLC+FRC+SL+SR',
  octagonal: 'FL+FR+FC+BL+BR+BC+SL+SR', downmix: 'DL+DR',
}; // prettier-ignore

/**
 * How a source of any channels becomes stereo. One channel goes to both sides as it is. Where the layout is not known, or does not fit the
 * number of channels, the first channel is left, the second right, and the others are not heard.
 * @param layout ffmpeg's name or its list (FL+FR+FC)
 */
export const stereoMix = (layout: string, channels: number): StereoMix => {
  if (channels === 1) return { left: [1], right: [1] };
  const list = layouts[layout] ?? /[A-Z]+2?(?:\+[A-Z]+2?)+/.exec(layout)?.[0] ?? '';
  const named = list.split('+').map((name) => speakers[name]);
  const known = named.length === channels && named.every((gains) => gains !== undefined);
  const gains = known ? named : Array.from({ length: channels }, (_, i) => [i === 0 ? 1 : 0, i === 1 ? 1 : 0] as const);
  return { left: gains.map(([left]) => left), right: gains.map(([, right]) => right) };
};
