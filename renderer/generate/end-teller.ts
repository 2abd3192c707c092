import type { Job } from '../../engine/contract/generation/job.ts';
import type { Editor } from '../ui/editor.svelte.ts';
import { t } from '../ui/locales/i18n.svelte.ts';
import type { Services } from '../ui/services.ts';

/** The system shows it where that was allowed and nobody looks at the window; the window shows it in any case. */
const notify = (text: string): void => {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted' || !document.hidden) return;
  const note = new Notification(t('app.name'), { body: text });
  note.onclick = () => window.focus();
};

/**
 * Tells how jobs end: a failure at once, and what was grown when nothing is left to wait for, so that a long queue does not ring for
 * every clip. @returns to be called with a job that ran or waited, and how many still do
 */
export const createEndTeller = ({ toasts }: Services, editor: Editor): ((job: Job, left: number) => void) => {
  let grown: Job[] = [];
  return (job, left) => {
    if (job.state === 'failed') {
      const text = t('jobs.failed', { name: job.subject });
      toasts.add({ kind: 'bad', text: job.problem?.message ?? text, remedy: job.problem?.remedy ?? '' });
      notify(text);
    }
    if (job.state === 'done') grown.push(job);
    if (left > 0 || grown.length === 0) return;
    const [first] = grown;
    const text =
      grown.length === 1
        ? t('jobs.grown', { name: first.subject, takes: first.takesDone })
        : t('jobs.all-grown', { count: grown.length });
    const clipId = first.clipId;
    grown = [];
    // A quick screen shows the takes themselves.
    if (editor.intent === 'edit')
      toasts.add({
        ...{ kind: 'info', text },
        ...(clipId !== null && { action: { label: t('jobs.show'), run: () => showClip(editor, clipId) } }),
      });
    notify(text);
  };
};

/** Selects a clip and goes to it; the take that was grown of it lies beside it. */
export const showClip = (editor: Editor, clipId: string): void => {
  const clip = editor.view.document.clips.get(clipId);
  if (!clip) return;
  editor.select([clip.id]);
  editor.frame = clip.start;
};
