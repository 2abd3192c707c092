import { isOperationName } from '../../engine/contract/timeline/operations/registry.ts';
import { t } from './locales/i18n.svelte.ts';

/** What a step did, in words; names of the engine's own steps (restoring a version) and of later versions read plainly too. */
export const operationName = (op: string): string => {
  if (isOperationName(op)) return t(`operation.${op}`);
  return op === 'restore-version' ? t('operation.restore-version') : op.replaceAll('-', ' ');
};
