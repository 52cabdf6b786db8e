import type { Schema } from "../api/client";

/** The thresholds of the scorecard, by their keys in the API, with how they are written in a form and their defaults. */
export const thresholdInputs = [
  { key: "measurable", criterion: "measurable", percent: true, step: 5, usual: 0.8 },
  { key: "members", criterion: "substantial", percent: false, step: 50, usual: 100 },
  { key: "reachable", criterion: "reachable", percent: true, step: 5, usual: 0.5 },
  { key: "effect", criterion: "differentiable", percent: false, step: 0.1, usual: 0.2 },
  { key: "stable", criterion: "stable", percent: true, step: 5, usual: 0.7 },
] as const satisfies {
  key: keyof Schema["Thresholds"];
  criterion: Schema["Criterion"]["name"];
  percent: boolean;
  step: number;
  usual: number;
}[];
