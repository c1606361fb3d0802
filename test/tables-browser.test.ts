/** Journey: an administrator decides how long rows stay, takes old months out of a table after seeing what would go, and brings one back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caredCompany, password } from '../src/plant/tables/tables.fixture.ts'
import { desktop, phone, signIn, takeSeat } from './harness/journey.ts'

for (const c of [
  { language: 'es', viewport: desktop, theme: 'dark' },
  { language: 'en', viewport: phone, theme: 'light' },
] as const)
  test(`PL-94 PL-TODO-55 old months leave and come back at ${c.viewport.width} px in ${c.language}`, async (t) => {
    const say = (es: string, en: string): string => (c.language === 'es' ? es : en)
    const cared = await caredCompany(t, 'sqlite')
    const { server, slug, work, fill, rows, tenantId } = cared
    const faults: string[] = []
    const seat = await takeSeat(server, faults, c)
    const { page } = seat
    const press = (es: string | RegExp, en: string | RegExp) => page.getByRole('button', { name: c.language === 'es' ? es : en }).click()
    const at = `/t/${slug}/plant/tables`
    await signIn(seat, 'duena', password)
    await page.goto(at)
    await page.getByText(say('Líneas sin tabla: Línea 1.', 'Lines without a table: Línea 1.')).waitFor()
    await seat.look('tables-without')
    await press('Crear las tablas que faltan', 'Make the missing tables')
    await page.getByText(say('En espera', 'Waiting'), { exact: true }).waitFor()
    await work()
    // the page asks again by itself
    await page.getByText(say('Tablas creadas: 2.', 'Tables made: 2.')).waitFor()
    await fill(['2024-11', '2024-12', '2026-03'], 30)
    await server.ctx.plants.refresh(tenantId)

    await page.goto(at)
    await page.selectOption('[name=retention]', '24')
    await press('Guardar', 'Save')
    await page.getByText(say('La retención se guardó.', 'The retention was saved.')).waitFor()
    assert.equal(await page.inputValue('[name=retention]'), '24')

    await page.getByText(say('Sacar meses viejos', 'Take out old months')).click()
    await press('Ver qué saldría', 'See what would go')
    await page.getByText(say('Saldrían 60 filas de detection_line_l1.', '60 rows of detection_line_l1 would go.')).waitFor()
    await seat.look('tables-preview')
    assert.equal((await rows()).length, 90)
    await press('Archivar y sacar 60 filas', 'Archive and take out 60 rows')
    await page.getByText(say('El trabajo se pidió.', 'The work was asked for.')).waitFor()
    await work()
    await page.getByText(say('Filas archivadas y sacadas de las tablas: 60.', 'Rows archived and taken out of the tables: 60.')).waitFor()
    assert.equal((await rows()).length, 30)

    await page.goto(at)
    await page.getByText(say('Solo en el archivo', 'In the archive only')).first().waitFor()
    await seat.look('tables-archived')
    await press('Restaurar diciembre de 2024', 'Restore December 2024')
    await page.getByText(say('El trabajo se pidió.', 'The work was asked for.')).waitFor()
    await work()
    await page.getByText(say('2024-12: 30 filas de vuelta en la tabla.', '2024-12: 30 rows are back in the table.')).waitFor()
    assert.equal((await rows()).length, 60)
    assert.deepEqual(faults, [])
    await seat.context.close()
  })
