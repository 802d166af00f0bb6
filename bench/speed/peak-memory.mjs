// Loaded into the measured process: leaves the peak of its resident memory, in kB, where the bench reads it.
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.FLOWFERRY_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
