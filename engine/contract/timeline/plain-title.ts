import type { Title } from './entities.ts';

/** A title as it is made new: white, centred, a tenth of the picture high. */
export const plainTitle = (text: string): Title => ({
  text,
  font: 'sans',
  weight: 'bold',
  italic: false,
  size: 0.1,
  colour: '#ffffff',
  align: 'centre',
  lineHeight: 1.2,
  background: { colour: '#000000', opacity: 0, padding: 0.02 },
  outline: { colour: '#000000', width: 0 },
  shadow: { colour: '#000000', opacity: 0, blur: 0.02, distance: 0.005 },
});
