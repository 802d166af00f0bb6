/** Of the flows of a scenario: they differ in what their HTTP route answers. */
export type Version = 'v1' | 'v2';

export function otherVersion(version: Version): Version {
	return version === 'v1' ? 'v2' : 'v1';
}
