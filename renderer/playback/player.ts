import type { Document } from '../../engine/contract/timeline/document.ts';
import { toNumber } from '../../engine/contract/timeline/rational.ts';
import { sampleOfFrame } from '../../engine/contract/timeline/sound-spans.ts';
import { timelineSampleRate } from '../../engine/contract/timeline/source-time.ts';
import type { Screen, Wanted } from './screen.ts';
import { startClock } from './sound/clock.ts';
import type { Clock } from './sound/clock.ts';
import type { Mixer } from './sound/mixer.ts';
import type { Stereo } from './sound/sound-reader.ts';
import { createSpeaker } from './sound/speaker.ts';
import type { Speaker } from './sound/speaker.ts';

/** What is played. Asked for anew all the time, since an edit may come in between. */
export type Programme = {
  document: Document;
  sequenceId: string;
  /** As in Wanted. */
  scale: number;
  /** Frames that are played, [from, to). */
  from: number;
  to: number;
  loop: boolean;
};

export type Player = {
  /** Plays from a frame on at a speed of 1..8, negative backwards; from wherever it is when it plays already. */
  play: (frame: number, speed: number) => void;
  stop: () => void;
  /** A frame's sound, while the playhead is dragged. */
  hear: (frame: number) => void;
  close: () => void;
};

type Told = {
  /** The playhead, whole frames. */
  onFrame: (frame: number) => void;
  /** It came to its end, or cannot go on. */
  onEnd: (frame: number) => void;
};

/** Frames that are decoded ahead of the clock. */
const lead = 8;
/** Frames by which a slow decoder aims ahead at most. */
const mostLate = 48;
/** Sound of this length is mixed at a time, and this far ahead, seconds as they are heard. */
const stretch = 0.2;
const soundLead = 0.7;
/** How long the beginning may wait for its sound, seconds. */
const patience = 0.4;
const heardFrame = 0.08;

const reversed = ({ left, right }: Stereo): Stereo => ({ left: left.toReversed(), right: right.toReversed() });

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export const createPlayer = (
  { screen, mixer, programme }: { screen: Screen; mixer: Mixer; programme: () => Programme | undefined },
  { onFrame, onEnd }: Told,
): Player => {
  let context: AudioContext | undefined;
  let speaker: Speaker | undefined;
  /** Another object for every start: what belongs to an older one ends by itself. */
  let run: { alive: boolean } = { alive: false };
  let shownFrame = -1;

  const ready = (): AudioContext => {
    context ??= new AudioContext({ sampleRate: timelineSampleRate, latencyHint: 'interactive' });
    speaker ??= createSpeaker(context, timelineSampleRate);
    return context;
  };

  const wantedAt = ({ document, sequenceId, scale }: Programme, frame: number): Wanted => ({
    ...{ document, sequenceId, scale, frame },
  });

  const stop = (): void => {
    run.alive = false;
    speaker?.stop();
  };

  /** Mixes ahead of the clock until the end of the range. */
  const feedSound = async (
    mine: { alive: boolean },
    clock: Clock,
    start: { frame: number; time: number; speed: number },
  ): Promise<void> => {
    if (!clock.context) return;
    const { speed } = start;
    let frame = start.frame;
    while (mine.alive) {
      const now = programme();
      const rate = now?.document.sequences.get(now.sequenceId)?.frameRate;
      if (!now || !rate) return;
      const count = Math.max(1, Math.round(stretch * toNumber(rate) * Math.abs(speed)));
      const [low, high] =
        speed > 0 ? [frame, Math.min(now.to, frame + count)] : [Math.max(now.from, frame + 1 - count), frame + 1];
      if (low >= high) return;
      const sample = (at: number): number => sampleOfFrame(at, rate);
      const passed = speed > 0 ? sample(low) - sample(start.frame) : sample(start.frame + 1) - sample(high);
      const time = start.time + passed / timelineSampleRate / Math.abs(speed);
      if (time - clock.now() > soundLead) {
        await pause(stretch / 2);
        continue;
      }
      const sound = await mixer.mix(now.document, now.sequenceId, low, high);
      if (!mine.alive) return;
      speaker?.play(speed > 0 ? sound : reversed(sound), clock.toContext(time), Math.abs(speed));
      frame = speed > 0 ? high : low - 1;
    }
  };

  /** The newest frame up to the playhead that is at hand. */
  const showNewest = (now: Programme, frame: number, speed: number): void => {
    const direction = Math.sign(speed);
    if ((frame - shownFrame) * direction <= 0 && shownFrame >= 0) return;
    const most = Math.max(lead, 2 * Math.ceil(Math.abs(speed)));
    for (let back = 0; back < most; back++) {
      const older = frame - back * direction;
      if ((shownFrame >= 0 && (older - shownFrame) * direction <= 0) || older < now.from || older >= now.to) return;
      if (!screen.showNow(wantedAt(now, older))) continue;
      shownFrame = older;
      return;
    }
  };

  /**
   * Decodes what the clock comes to next; what it passed meanwhile is left out. Where decoding is slower than the clock, it aims ahead by as
   * much as it was late before.
   */
  const feedPictures = async (mine: { alive: boolean }, playhead: () => number, speed: number): Promise<void> => {
    const step = Math.sign(speed) * Math.max(1, Math.round(Math.abs(speed)));
    let late = 0;
    while (mine.alive) {
      const now = programme();
      if (!now) return;
      const first = playhead() + late;
      let missing: Wanted | undefined;
      for (let i = 0; i < lead && !missing; i++) {
        const frame = first + i * step;
        if (frame < now.from || frame >= now.to) break;
        const wanted = wantedAt(now, frame);
        if (!screen.atHand(wanted)) missing = wanted;
      }
      if (!missing) {
        late = Math.trunc(late / 2);
        await pause(0.004);
        continue;
      }
      await screen.prepare(missing);
      if (!mine.alive) return;
      const behind = (playhead() - missing.frame) * Math.sign(speed);
      late = Math.sign(speed) * Math.max(0, Math.min(mostLate, Math.abs(late) + behind));
      // Late, but the newest that there is.
      if (behind > 0) showNewest(now, missing.frame, speed);
    }
  };

  const play = async (from: number, speed: number): Promise<void> => {
    stop();
    const mine = (run = { alive: true });
    const first = programme();
    const rate = first?.document.sequences.get(first.sequenceId)?.frameRate;
    if (!first || !rate || first.to <= first.from) return onEnd(from);
    let begin = from;
    if (speed > 0 && (from >= first.to - 1 || from < first.from)) begin = first.from;
    if (speed < 0 && (from >= first.to || (from <= first.from && first.loop))) begin = first.to - 1;
    const clock = await startClock(ready());
    const end = speed > 0 ? Math.min(first.to, begin + 8) : begin + 1;
    const start = speed > 0 ? begin : Math.max(first.from, begin - 8);
    await Promise.race([
      Promise.all([mixer.mix(first.document, first.sequenceId, start, end), screen.prepare(wantedAt(first, begin))]),
      pause(patience),
    ]);
    if (!mine.alive) return;
    const fps = toNumber(rate);
    // A moment for the first stretch to be mixed and scheduled.
    const time = clock.now() + 0.06;
    const playhead = (): number => {
      const passed = Math.max(0, clock.now() - time) * fps * Math.abs(speed);
      return speed > 0 ? begin + Math.floor(passed + 1e-6) : begin - Math.floor(passed + 1e-6);
    };
    shownFrame = -1;
    void feedSound(mine, clock, { frame: begin, time, speed });
    void feedPictures(mine, playhead, speed);
    const tick = (): void => {
      if (!mine.alive) return;
      const now = programme();
      if (!now) return stop();
      const frame = playhead();
      const over = speed > 0 ? frame >= now.to : frame < now.from;
      if (over && now.loop) return void play(speed > 0 ? now.from : now.to - 1, speed);
      if (over) {
        stop();
        return onEnd(speed > 0 ? now.to - 1 : now.from);
      }
      onFrame(frame);
      showNewest(now, frame, speed);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  };

  return {
    play: (frame, speed) => void play(frame, speed),
    stop,
    hear: (frame) => {
      const now = programme();
      const rate = now?.document.sequences.get(now.sequenceId)?.frameRate;
      if (run.alive || !now || !rate || context?.state !== 'running') return;
      const at = context;
      const frames = Math.max(1, Math.round(heardFrame * toNumber(rate)));
      void mixer.mix(now.document, now.sequenceId, frame, frame + frames).then((sound) => {
        if (run.alive) return;
        speaker?.stop();
        speaker?.play(sound, at.currentTime, 1);
      });
    },
    close: () => {
      stop();
      void context?.close();
    },
  };
};
