import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rewriteFile } from '../../../adapters/atomic-file.ts';
import type { NamedEnvironment } from '../../../config/environment-of.ts';
import { FlowferryError } from '../../../errors/flowferry-error.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { imageNameFor } from '../../pod-images.ts';
import { placeOf } from '../objects/place.ts';
import { lastingManifests, type ManifestFile, overlay } from './manifests.ts';
import { type SecretToFill, slotManifests } from './slot-manifests.ts';

export interface ExportRequest {
	environment: NamedEnvironment;
	/** Default: `kubernetes.namespace`. */
	namespace?: string | undefined;
	/** The cluster's version: `1.20`. Default: one of the supported ones. */
	version?: string | undefined;
	/** Into `base/<environment>`, with an overlay beside it. */
	withOverlay: boolean;
	/** With its pods. */
	snapshot?: Snapshot | undefined;
	/** Default: `kubernetes.image`. */
	image?: string | undefined;
	redact: (text: string) => string;
}

export interface Manifests {
	files: ManifestFile[];
	/** For `kubectl apply -k`, below the export's folder: what outlives releases. */
	entry: string;
	fill: SecretToFill[];
}

/**
 * Pure.
 * @throws FlowferryError EXPORT_NEEDS_KUBERNETES, EXPORT_NEEDS_NAMESPACE, IMAGE_MISSING, VERSION_UNKNOWN
 */
export function renderManifests(request: ExportRequest): Manifests {
	const { environment, withOverlay, snapshot, redact } = request;
	assertOnKubernetes(environment);
	const { name, kubernetes } = environment;
	const place = placeOf(environment, namespaceOf(request));
	const base = withOverlay ? `base/${name}` : '';
	const lasting = lastingManifests(place, environment, hasBudgetsV1(request.version) ? 'policy/v1' : 'policy/v1beta1', base);
	const overlays = withOverlay ? [overlay(environment, place.names.service)] : [];
	const image = request.image ?? kubernetes.image;
	if (snapshot !== undefined && image === undefined) throw imageMissing(name);
	const slot =
		snapshot === undefined || image === undefined
			? { files: [], fill: [] }
			: slotManifests(place, environment, { snapshot, image: imageNameFor(image, snapshot), redact }, join(base, 'slot'));
	return { files: [...lasting, ...overlays, ...slot.files], entry: withOverlay ? `overlays/${name}` : '.', fill: slot.fill };
}

/** Of a file: `kept` where it is the user's, and was there. */
export interface WrittenManifest {
	/** Below the export's folder. */
	path: string;
	kept: boolean;
}

/** @param folder made where it is not there @throws FlowferryError EXPORT_NOT_WRITTEN */
export async function writeManifests(folder: string, files: readonly ManifestFile[]): Promise<WrittenManifest[]> {
	try {
		const written: WrittenManifest[] = [];
		for (const { path, text, owner } of files) {
			const file = join(folder, path);
			const kept = owner === 'user' && existsSync(file);
			written.push({ path, kept });
			if (kept) continue;
			await mkdir(dirname(file), { recursive: true });
			await rewriteFile(file, text);
		}
		return written;
	} catch (error) {
		throw new FlowferryError({
			code: 'EXPORT_NOT_WRITTEN',
			message: `the manifests could not be written in ${folder} (${(error as NodeJS.ErrnoException).code})`,
			hint: 'check the folder, its permissions and the room on its disk, or name another one with --output',
			cause: error,
		});
	}
}

function assertOnKubernetes({ name, target }: NamedEnvironment): void {
	if (target === 'kubernetes') return;
	throw new FlowferryError({
		code: 'EXPORT_NEEDS_KUBERNETES',
		message: `${name} does not run on Kubernetes: its target is ${target}`,
		hint: `set environments.${name}.target: kubernetes`,
	});
}

/** It is in a RoleBinding: it must not depend on whose kubeconfig is at hand. */
function namespaceOf({ namespace, environment: { name, kubernetes } }: ExportRequest): string {
	const chosen = namespace ?? kubernetes.namespace;
	if (chosen !== undefined) return chosen;
	throw new FlowferryError({
		code: 'EXPORT_NEEDS_NAMESPACE',
		message: `nothing says in which namespace ${name} is to be`,
		hint: `set environments.${name}.kubernetes.namespace, or name one with --namespace`,
	});
}

/** `policy/v1` came with Kubernetes 1.21. @throws FlowferryError VERSION_UNKNOWN */
function hasBudgetsV1(version = '1.21'): boolean {
	const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
	if (major !== undefined) return Number(major) > 1 || Number(minor) >= 21;
	throw new FlowferryError({
		code: 'VERSION_UNKNOWN',
		message: `${version} is no version of Kubernetes`,
		hint: 'write it as kubectl version tells it: --cluster-version 1.20',
	});
}

function imageMissing(name: string): FlowferryError {
	return new FlowferryError({
		code: 'IMAGE_MISSING',
		message: `nothing says which image the pods of ${name} run`,
		hint: `name it: --image, or environments.${name}.kubernetes.image`,
	});
}
