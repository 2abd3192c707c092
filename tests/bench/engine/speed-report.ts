import type { DenoiserSpeed } from './denoiser-speed.ts';

export type SpeedRow = {
  title?: string;
  seconds: number;
  firstLineSeconds: number;
  newFrames: number;
  /** Seconds per stage, as the job told them. */
  stages: Record<string, number>;
  /** Peak resident memory of the inference process, and of everything together. */
  peakMb: number;
  treePeakMb?: number;
  notes: string[];
};

export type SpeedReport = {
  processor: string;
  threads: number;
  denoiser?: DenoiserSpeed;
  rows: Record<string, SpeedRow>;
};

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(0)}%`;

/** docs/speed.md. */
export const renderSpeed = (report: SpeedReport): string => {
  const parts = [
    '# Speed and memory',
    '',
    'Written by `npm run bench:engine`; the numbers as JSON are in [speed.json](speed.json).',
    '',
    `Processor: ${report.processor}, ${report.threads} threads.`,
    '',
  ];
  if (report.denoiser) {
    const { matmul, denoiser, passSeconds, passGflop, tokens } = report.denoiser;
    parts.push(
      '## The denoiser against a plain matrix product',
      '',
      `One pass over a full window (16 frames of 256x144, ${tokens} tokens) is ${passGflop.toFixed(1)} GFLOP, counted analytically with 2 per`,
      `multiply-add, and takes ${passSeconds.toFixed(3)} s: ${denoiser.toFixed(0)} GFLOP/s. onnxruntime's own float32 MatMul of 2048x2048x2048 on`,
      `the same threads in the same run makes ${matmul.toFixed(0)} GFLOP/s. The denoiser runs at **${share(denoiser, matmul)}** of it.`,
      '',
    );
  }
  const rows = Object.entries(report.rows);
  if (rows.length > 0) {
    parts.push(
      '## Whole runs',
      '',
      'From the start of the launcher to its end. *First line*: until the first progress event. *Peak*: resident memory of the inference',
      'process; *all*: of the command line, the inference process and ffmpeg together, pages that they share counted in each.',
      '',
      '| case | new frames | seconds | first line s | refine s/frame | peak MB | all MB |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows.map(([name, row]) => {
        const refine = row.stages.refine === undefined ? '' : (row.stages.refine / row.newFrames).toFixed(2);
        const numbers = [
          row.newFrames,
          row.seconds.toFixed(1),
          row.firstLineSeconds.toFixed(2),
          refine,
          row.peakMb.toFixed(0),
        ];
        return `| ${[name, ...numbers, row.treePeakMb?.toFixed(0) ?? ''].join(' | ')} |`;
      }),
      '',
      '### Where the time goes',
      '',
    );
    for (const [name, row] of rows) {
      const whole = Object.values(row.stages).reduce((a, b) => a + b, 0);
      const told = Object.entries(row.stages).map(
        ([stage, seconds]) => `${stage} ${seconds.toFixed(2)} s (${share(seconds, whole)})`,
      );
      parts.push(`- **${name}**, ${row.title}: ${told.join(', ')}.${row.notes.map((note) => ` ${note}`).join('')}`);
    }
    parts.push('');
  }
  return parts.join('\n');
};
