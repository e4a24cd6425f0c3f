/** `hq files mv`: moves a file within its vault. */
import { placeFile } from '../../place-file.ts';

export default placeFile('move', 'Move a file within the vault');
