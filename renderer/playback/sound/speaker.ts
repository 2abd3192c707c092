import type { Stereo } from './sound-reader.ts';

/** Plays stretches of sound at times of an AudioContext. */
export type Speaker = {
  /** `speed` above 0; `from` seconds are left out where the time has passed. */
  play: (sound: Stereo, at: number, speed: number) => void;
  /** Silence, without a click. */
  stop: () => void;
};

/** Length of the fade that avoids the click, seconds. */
const fade = 0.008;

export const createSpeaker = (context: AudioContext, sampleRate: number): Speaker => {
  let output = context.createGain();
  output.connect(context.destination);
  const playing = new Set<AudioBufferSourceNode>();

  return {
    play: ({ left, right }, at, speed) => {
      if (left.length === 0) return;
      const late = Math.max(0, context.currentTime - at) * speed;
      if (late >= left.length / sampleRate) return;
      const buffer = context.createBuffer(2, left.length, sampleRate);
      buffer.getChannelData(0).set(left);
      buffer.getChannelData(1).set(right);
      const node = context.createBufferSource();
      node.buffer = buffer;
      node.playbackRate.value = speed;
      node.connect(output);
      node.onended = () => playing.delete(node);
      playing.add(node);
      node.start(Math.max(at, context.currentTime), late);
    },
    stop: () => {
      const old = output;
      const end = context.currentTime + fade;
      old.gain.setValueAtTime(1, context.currentTime);
      old.gain.linearRampToValueAtTime(0, end);
      for (const node of playing) node.stop(end);
      playing.clear();
      setTimeout(() => old.disconnect(), fade * 1000 + 100);
      output = context.createGain();
      output.connect(context.destination);
    },
  };
};
