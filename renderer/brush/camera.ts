/** The camera moves that a person chooses by buttons, as the words that the engine knows (engine/tasks/camera-words.ts). */
export const cameraAxes = {
  pan: ['left', 'right'],
  tilt: ['up', 'down'],
  zoom: ['in', 'out'],
  roll: ['left', 'right'],
} as const;
export type CameraAxis = keyof typeof cameraAxes;
export const cameraAxisNames = Object.keys(cameraAxes) as CameraAxis[];

export type CameraMove = { [A in CameraAxis]: `${A} ${(typeof cameraAxes)[A][number]}` }[CameraAxis];
export const cameraMoves = cameraAxisNames.flatMap((axis) =>
  cameraAxes[axis].map((way) => `${axis} ${way}` as CameraMove),
);

export const cameraSpeeds = ['slow', 'medium', 'fast'] as const;
export type CameraSpeed = (typeof cameraSpeeds)[number];

/** No moves: the camera is held. */
export type Camera = { moves: readonly CameraMove[]; speed: CameraSpeed };

export const held: Camera = { moves: [], speed: 'medium' };

const axisOf = (move: CameraMove): string => move.split(' ')[0];

/** With a move switched on, instead of its opposite, or off. */
export const toggled = ({ moves, speed }: Camera, move: CameraMove): Camera => {
  const others = moves.filter((each) => axisOf(each) !== axisOf(move));
  return { speed, moves: moves.includes(move) ? moves.filter((each) => each !== move) : [...others, move] };
};

/** Empty for a camera that is held. */
export const cameraText = ({ moves, speed }: Camera): string => moves.map((move) => `${move} ${speed}`).join(', ');

/** The way back from what cameraText wrote; of other words only the moves are known. */
export const cameraOf = (text: string): Camera => ({
  moves: cameraMoves.filter((move) => text.includes(move)),
  speed: cameraSpeeds.find((speed) => text.includes(speed)) ?? 'medium',
});
