import { deliverMoments } from "./deliver-moments.ts";

/** The process that is killed: `deliver-once.ts CONFIG MOMENT…`. */
const [file = "", ...moments] = process.argv.slice(2);
await deliverMoments({ file }, moments, (line) => void process.stderr.write(line));
