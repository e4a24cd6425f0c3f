/** `hq files cp`: copies a file within its vault. */
import { placeFile } from '../../place-file.ts';

export default placeFile('copy', 'Copy a file within the vault');
