/** `hq groups add`: people and groups, into a group. */
import { changeGroup } from '../../access/change-group.ts';

export default changeGroup('add', 'Put people or groups into a group', (member, group) => `${member} is in ${group}.`);
