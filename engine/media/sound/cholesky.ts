/*
 * Lower-triangular roots of covariances. Channels that say the same (mono carried as stereo, a silent LFE) make these matrices singular:
 * a pivot that is nothing beside its own diagonal ends that column instead of being divided by.
 */
const negligible = 1e-9;

/** L with L·Lᵀ = `matrix` (n × n, rows major, symmetric, positive semidefinite). */
export const choleskyReal = (matrix: Float64Array, n: number): Float64Array => {
  const lower = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let pivot = matrix[j * n + j];
    for (let k = 0; k < j; k++) pivot -= lower[j * n + k] ** 2;
    if (!(pivot > negligible * matrix[j * n + j])) continue;
    const root = Math.sqrt(pivot);
    lower[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = sum / root;
    }
  }
  return lower;
};

/** The same for a Hermitian matrix given as real and imaginary parts; both are overwritten with L. */
export const choleskyComplex = (re: Float64Array, im: Float64Array, n: number): void => {
  const lre = new Float64Array(n * n);
  const lim = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let pivot = re[j * n + j];
    for (let k = 0; k < j; k++) pivot -= lre[j * n + k] ** 2 + lim[j * n + k] ** 2;
    if (!(pivot > negligible * re[j * n + j])) continue;
    const root = Math.sqrt(pivot);
    lre[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let x = re[i * n + j];
      let y = im[i * n + j];
      for (let k = 0; k < j; k++) {
        // minus L[i,k] · conj(L[j,k])
        const a = lre[i * n + k];
        const b = lim[i * n + k];
        const c = lre[j * n + k];
        const d = lim[j * n + k];
        x -= a * c + b * d;
        y -= b * c - a * d;
      }
      lre[i * n + j] = x / root;
      lim[i * n + j] = y / root;
    }
  }
  re.set(lre);
  im.set(lim);
};
