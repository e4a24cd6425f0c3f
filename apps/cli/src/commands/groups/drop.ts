/** `hq groups drop`: people and groups, out of a group. */
import { changeGroup } from '../../access/change-group.ts';

export default changeGroup('drop', 'Take people or groups out of a group', (member, group) => `${member} is no longer in ${group}.`);
