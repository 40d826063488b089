import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  base: '/',
  build: {
    outDir: 'dist',
    target: 'es2024',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // ECharts is the largest chunk and is loaded only with a chart.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7080' } },
})
