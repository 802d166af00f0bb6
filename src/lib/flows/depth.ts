/** Whether arrays and objects stand in each other more than `limit` deep. It goes no deeper itself, so a limit of hundreds is safe. */
export function isDeeperThan(value: unknown, limit: number): boolean {
	if (typeof value !== 'object' || value === null) return false;
	if (limit === 0) return true;
	if (Array.isArray(value)) {
		for (const item of value) if (isDeeperThan(item, limit - 1)) return true;
		return false;
	}
	for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], limit - 1)) return true;
	return false;
}
