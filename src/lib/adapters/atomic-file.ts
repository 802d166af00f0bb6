import writeFileAtomic from 'write-file-atomic';

/**
 * Replaces a file, readable for its owner alone: whoever reads it meanwhile sees the old or the new one whole.
 * @param durable false: not flushed to the disk, for what has no use after a power loss
 */
export async function replaceFile(file: string, text: string, { durable = true } = {}): Promise<void> {
	await writeFileAtomic(file, text, { mode: 0o600, fsync: durable });
}

/** The same for a file of the user's, whose mode and owner stay as they are. */
export async function rewriteFile(file: string, text: string): Promise<void> {
	await writeFileAtomic(file, text);
}
