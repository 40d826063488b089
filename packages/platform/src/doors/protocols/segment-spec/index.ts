export { makeSegmentSpecFront, type SegmentSpecTools } from './segment-spec.ts'
