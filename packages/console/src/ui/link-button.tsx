import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'

/** A way to another page that looks like a button. */
export function LinkButton({
  to,
  icon,
  children,
}: {
  to: string
  icon?: IconName
  children: ReactNode
}) {
  return (
    <Button
      component={Link}
      to={to}
      variant="default"
      leftSection={icon && <Icon name={icon} size={14} />}
    >
      {children}
    </Button>
  )
}
