export { type LiveScene, liveScene, type Said, site } from './scene.ts'
