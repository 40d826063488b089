const paths = {
  flow: 'M4 6h5v5H4zM15 4h5v5h-5zM15 15h5v5h-5zM9 8.5h3.5V6.5H15M12.5 8.5V17.5H15',
  stream: 'M4 7c3-3 5 3 8 0s5 3 8 0M4 12c3-3 5 3 8 0s5 3 8 0M4 17c3-3 5 3 8 0s5 3 8 0',
  model: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  identity:
    'M7 9a5 5 0 0110 0v3M12 9v4c0 3-1 5-2.5 7M7 13c0 2-.5 3.5-1.5 5M17 15c-.2 1.5-.6 3-1.200 4.5',
  people:
    'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.300 3.300 0 010 6.300M18 14.5c2 .8 3.200 2.700 3.5 5.5',
  insight: 'M4 20h16M7 16v-4M12 16V6M17 16V9',
  segment: 'M12 3v9l7.800 4.5A9 9 0 1112 3zM15.5 3.700a9 9 0 015.300 9.5L15.5 10z',
  activation: 'M21 3L10 14M21 3l-7 18-4-7-7-4z',
  other: 'M5 5h14v14H5z',
  action: 'M13 3L5 13.5h6L10 21l8.500-11H12.5z',
  offer: 'M4 8.5V4h4.500L20 15.5 15.5 20zM7.700 8.700a1 1 0 100-2 1 1 0 000 2z',
  gauge: 'M4 17a9 9 0 1116 0M12 14.5l4-5M12 16a1.200 1.200 0 100-2.400 1.200 1.200 0 000 2.400z',
  search: 'M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM20 20l-4.800-4.800',
  sun: 'M12 16a4 4 0 100-8 4 4 0 000 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400',
  moon: 'M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z',
  leave: 'M14 4H6v16h8M11 12h10M17.5 8.5L21 12l-3.5 3.5',
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6.5 6.5h11v11h-11z',
  pause: 'M8.5 5v14M15.5 5v14',
  pulse: 'M3 12h4l3-7.5 4 15 3-7.5h4',
  send: 'M12 20V5M5.5 11L12 4.5l6.5 6.5',
  right: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  up: 'M5 15l7-7 7 7',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  mail: 'M3 6h18v12H3zM3 7l9 6.5L21 7',
  phone:
    'M6 3h3.5l1.5 5-2 1.5a12 12 0 005.5 5.5l1.5-2 5 1.5V18a3 3 0 01-3 3A15 15 0 013 6a3 3 0 013-3z',
  place:
    'M12 21c4.5-5 7-8.5 7-11.5a7 7 0 00-14 0C5 12.5 7.5 16 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  order:
    'M4 5h2.5l2 10.5h9L20 8H7.200M10 20.300a1 1 0 100-2 1 1 0 000 2zM16.5 20.300a1 1 0 100-2 1 1 0 000 2z',
  help: 'M12 21a9 9 0 100-18 9 9 0 000 18zM9.5 9.5a2.5 2.5 0 113.700 2.200c-.8.5-1.200 1-1.200 1.800M12 16.800v.2',
  engagement: 'M5 3l14 7-6 2-2.5 6.5z',
  alert: 'M12 4L2.5 20h19zM12 10v4.5M12 17.200v.3',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  key: 'M8 19a4 4 0 100-8 4 4 0 000 8zM11 12.5L20 4M16.5 7l2.5 2.5',
  split: 'M12 20v-6c0-5-6-4-6-10M12 14c0-5 6-4 6-10M3 7l3-3 3 3M15 7l3-3 3 3',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 010 11H9',
  redo: 'M16 5l4 4-4 4M20 9H10a5.5 5.5 0 000 11h5',
  plus: 'M12 5v14M5 12h14',
  merge: 'M6 4c0 6 6 5 6 10v6M18 4c0 6-6 5-6 10M9 17l3 3 3-3',
} as const

/** The names of the pictures. */
export type IconName = keyof typeof paths

/** A small line picture in the colour of the text around it. It says nothing that the text does not say. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none' }}
    >
      <path d={paths[name]} />
    </svg>
  )
}
