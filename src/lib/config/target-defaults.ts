import type { Mode } from '../flows/mode.ts';
import type { LeaseTiming } from '../lease/lease.ts';
import type { RouterKind, RouterProgram } from '../routers/router.ts';
import type { TargetKind } from '../targets/target-kind.ts';
import type { ContextStoreKind } from './context.ts';

/** What an environment's target decides where its configuration says nothing. Pure. */

const routers: Record<TargetKind, RouterKind> = { process: 'gateway', docker: 'haproxy', kubernetes: 'service' };

export function routerOf({ target, router }: { target: TargetKind; router?: RouterProgram | undefined }): RouterKind {
	return router ?? routers[target];
}

/**
 * Where another instance of the same slot may go on with the work, it is to find the context that the first one had. Pods share no file: on
 * Kubernetes it goes with a cutover.
 */
export function contextStoreOf({
	target,
	mode,
	instances,
	store,
}: {
	target: TargetKind;
	mode: Mode;
	instances: number;
	store?: ContextStoreKind | undefined;
}): ContextStoreKind {
	return store ?? (mode === 'hot-spare' && instances > 1 && target !== 'kubernetes' ? 'sqlite' : 'memory');
}

const local: LeaseTiming = { ttlMs: 2000, renewDeadlineMs: 1500, retryMs: 500 };
/** An API server takes longer than a file, and is away for seconds where another of them takes over. */
const remote: LeaseTiming = { ttlMs: 6000, renewDeadlineMs: 4000, retryMs: 1000 };

export const leaseDefaults: Record<TargetKind, LeaseTiming> = { process: local, docker: local, kubernetes: remote };

export function leaseTimingOf({
	target,
	lease,
}: {
	target: TargetKind;
	lease: { [each in keyof LeaseTiming]?: LeaseTiming[each] | undefined };
}): LeaseTiming {
	const { ttlMs, renewDeadlineMs, retryMs } = leaseDefaults[target];
	return {
		ttlMs: lease.ttlMs ?? ttlMs,
		renewDeadlineMs: lease.renewDeadlineMs ?? renewDeadlineMs,
		retryMs: lease.retryMs ?? retryMs,
	};
}
