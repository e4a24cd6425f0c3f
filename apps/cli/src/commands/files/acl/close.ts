/** `hq files acl close`: takes back what `open` gave; the rules count as before. */
import { setOpen } from '../../../access/set-open.ts';

export default setOpen(false, 'Close what was opened to all members', (place) => `The rules alone say now who may read ${place}.`);
