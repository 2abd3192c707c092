/** Media dragged from one surface to another, for example from the bin to the timeline. */
import { z } from 'zod';

export const mediaDragType = 'application/x-longtake-media';

const payloadSchema = z.object({ mediaIds: z.array(z.string()).min(1) });

/** A browser keeps the content of a drag secret until the drop; within the window it is known all along. */
let underWay: readonly string[] = [];

/** Called at `dragstart`. */
export const startMediaDrag = (transfer: DataTransfer, mediaIds: readonly string[]): void => {
  transfer.setData(mediaDragType, JSON.stringify({ mediaIds }));
  transfer.effectAllowed = 'copy';
  underWay = mediaIds;
};

/** Called at `dragend`. */
export const endMediaDrag = (): void => {
  underWay = [];
};

/** Whether a drag carries media of a bin. */
export const carriesMedia = (transfer: DataTransfer | null): boolean =>
  transfer?.types.includes(mediaDragType) ?? false;

/** Ids of the media that are being dragged, as far as they are known before the drop. */
export const mediaUnderWay = (): readonly string[] => underWay;

/** Ids of the media that were dropped; empty for anything else. */
export const droppedMedia = (transfer: DataTransfer): readonly string[] => {
  try {
    return payloadSchema.parse(JSON.parse(transfer.getData(mediaDragType))).mediaIds;
  } catch {
    return [];
  }
};
