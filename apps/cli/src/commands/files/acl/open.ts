/** `hq files acl open`: every member may read there. */
import { setOpen } from '../../../access/set-open.ts';

export default setOpen(
  true,
  'Open a folder or file to all members for reading',
  (place) => `Every member may read ${place} now, except where a folder in it is carved out.`,
);
