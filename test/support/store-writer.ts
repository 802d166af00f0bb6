/** Does one thing to a snapshot store, to be killed meanwhile: `node store-writer.ts <folder> <remote> put|pull|prune <topic>`. */
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import { ownRepository } from '../../src/lib/snapshot/store-home.ts';
import { sampleSnapshot } from './snapshots.ts';

const [directory = '', remote = '', action = '', topic = ''] = process.argv.slice(2);
const store = openGitStore(ownRepository(directory, process.env), { remote, push: 'manual' });
process.stdout.write('begun\n');
if (action === 'put') await store.put(sampleSnapshot(topic));
if (action === 'pull') await store.pull();
if (action === 'prune') await store.remove([sampleSnapshot(topic).id], 'Prune');
process.stdout.write('done\n');
