// What /query imports from the bundle.
export { Yasqe } from "@zazuko/yasqe";
