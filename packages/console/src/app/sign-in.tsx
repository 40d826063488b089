import { Button, Code, PasswordInput, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { tokenInFragment } from '../lib/address.ts'
import { useCell } from '../lib/cell.ts'
import { ask } from '../lib/client.ts'
import { queryClient } from '../lib/query-client.ts'
import { Refusal, sentenceOf } from '../lib/refusal.ts'
import { signedOutBecause, signIn } from '../lib/session.ts'
import { texts } from '../lib/texts.ts'
import { Logo } from './logo.tsx'
import styles from './sign-in.module.css'

/** Asks for the token and says where it is found. */
export function SignIn() {
  const because = useCell(signedOutBecause)
  const [given, setGiven] = useState('')
  const attempt = useMutation({ mutationFn: tryToken })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    attempt.mutate(given)
  }
  const problem = attempt.error ? sentenceOf(attempt.error) : because
  return (
    <main className={styles.place}>
      <form className={styles.card} onSubmit={submit}>
        <Logo size={36} />
        <Title order={1}>{texts.signIn.title}</Title>
        <Text>{texts.signIn.lead}</Text>
        <PasswordInput
          label={texts.signIn.label}
          value={given}
          onChange={(event) => setGiven(event.currentTarget.value)}
          error={problem === '' ? undefined : problem}
          autoComplete="off"
          data-autofocus
        />
        <Button type="submit" loading={attempt.isPending}>
          {texts.signIn.button}
        </Button>
        <Text size="sm" c="dimmed">
          {texts.signIn.where} <Code>{texts.signIn.example}</Code>
        </Text>
        <Text size="sm" c="dimmed">
          {texts.signIn.stays}
        </Text>
      </form>
    </main>
  )
}

async function tryToken(given: string): Promise<void> {
  const token = tokenInFragment(given.slice(given.indexOf('#'))) ?? given.trim()
  if (token === '')
    throw new Refusal({ status: 401, code: 'no_token', message: texts.signIn.empty })
  await ask('/summary', { token })
  queryClient.clear()
  signIn(token)
}
