export function explainEngineFault(error: unknown, _engineName: string): unknown {
	return error;
}
