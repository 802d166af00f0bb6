import { gunzipSync, gzipSync } from 'node:zlib';

/** A ConfigMap holds 1 MiB at most, of which base64 takes a third: https://kubernetes.io/docs/concepts/configuration/configmap/ */
export const CHUNK_BYTES = 768 * 1024;

/** Flows as ConfigMaps hold them: gzip, in parts that fit. At least one. */
export function chunksOf(flows: readonly unknown[]): Buffer[] {
	const packed = gzipSync(JSON.stringify(flows));
	return Array.from({ length: Math.ceil(packed.length / CHUNK_BYTES) }, (_, part) =>
		packed.subarray(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES),
	);
}

/** The text of the flows. @throws Error where a part is missing or damaged */
export function joinChunks(chunks: readonly Uint8Array[]): string {
	return gunzipSync(Buffer.concat(chunks)).toString();
}
