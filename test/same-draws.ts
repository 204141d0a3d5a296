import fc from "fast-check";

/**
 * Property tests draw the same in every run, so that one run says what the next one will, and what fails can be repeated.
 * `HEADGATE_SEED=random` draws anew, another number draws that: whoever changes what a law is about tries a few.
 */
const given = process.env.HEADGATE_SEED ?? "20261126";

if (given !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) });
