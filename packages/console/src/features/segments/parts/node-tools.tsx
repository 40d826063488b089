import { Button, Menu } from '@mantine/core'
import { type Path, valueAt } from '../../../lib/body.ts'
import {
  canShift,
  canUnwrap,
  kindOf,
  partsAt,
  withDoubled,
  withRemoved,
  withShifted,
  withUnwrapped,
  withWrapped,
} from '../../../lib/condition.ts'
import { useForm } from '../../../lib/form.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { IconButton } from '../../../ui/form-inputs.tsx'
import { countAt, make, useBuilder } from '../builder.ts'
import styles from './builder.module.css'

const words = texts.segments.builder

/** How many a condition means, and what can be done with it. */
export function NodeTools({ path }: { path: Path }) {
  const form = useForm()
  const builder = useBuilder()
  const { body } = form
  const kind = kindOf(valueAt(body, path))
  const isWhole = path.length === 1
  return (
    <span className={styles.tools}>
      <CountMark path={path} />
      <Menu position="bottom-end" withinPortal hideDetached={false}>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" color="gray" aria-label={words.menu}>
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(['all', 'any', 'not'] as const).map((by) => (
            <Menu.Item key={by} onClick={() => make(form, builder, withWrapped(body, path, by))}>
              {words.wrap[by]}
            </Menu.Item>
          ))}
          {canUnwrap(body, path) && (
            <Menu.Item onClick={() => make(form, builder, withUnwrapped(body, path))}>
              {words.unwrap}
            </Menu.Item>
          )}
          {!isWhole && (
            <>
              <Menu.Item onClick={() => make(form, builder, withDoubled(body, path))}>
                {words.double}
              </Menu.Item>
              {([-1, 1] as const).map((by) => (
                <Menu.Item
                  key={by}
                  disabled={!canShift(body, path, by)}
                  onClick={() => make(form, builder, withShifted(body, path, by))}
                >
                  {by === -1 ? words.up : words.down}
                </Menu.Item>
              ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {(!isWhole || kind !== 'all' || partsAt(body, path).length > 0) && (
        <IconButton
          label={words.remove}
          icon="close"
          onClick={() => make(form, builder, withRemoved(body, path))}
        />
      )}
    </span>
  )
}

function CountMark({ path }: { path: Path }) {
  const counted = countAt(useBuilder(), path)
  if (counted === undefined) return null
  const { members, error } = counted
  const said = error === undefined ? formatCount(members) : words.about_(members)
  return (
    <span className={styles.count} title={words.holdsFor(said)}>
      {said}
    </span>
  )
}
