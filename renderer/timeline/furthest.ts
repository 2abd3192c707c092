/**
 * The value nearest to `wanted`, on the way from 0 to it, that can be; 0 when none can. What can be is taken to have no holes on that way,
 * which holds for handles and for the room between clips.
 */
export const furthest = (wanted: number, canBe: (by: number) => boolean): number => {
  if (wanted === 0 || canBe(wanted)) return wanted;
  const sign = Math.sign(wanted);
  let [good, bad] = [0, Math.abs(wanted)];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canBe(sign * middle)) good = middle;
    else bad = middle;
  }
  // Without a negative zero.
  return good === 0 ? 0 : sign * good;
};
