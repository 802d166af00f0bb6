/** Prints what a guide tells as a figure, in one line. */
export const measured = (what: string, facts: object) => process.stdout.write(`measured: ${what}: ${JSON.stringify(facts)}\n`);
