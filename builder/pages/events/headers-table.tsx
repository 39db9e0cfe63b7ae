/** What the server puts in the place of a credential or a signature. */
const mask = "***";

/** Names and values as they came, except for those that are masked, which are told apart by a word. */
export function HeadersTable({ headers, label = "Headers" }: { headers: Record<string, string>; label?: string }) {
  return (
    <table aria-label={label} className="w-full table-fixed text-xs">
      <tbody className="divide-y divide-line">
        {Object.entries(headers).map(([name, value]) => (
          <tr key={name}>
            <th scope="row" className="w-60 break-words px-3 py-1.5 text-left align-top font-mono font-normal text-muted">
              {name}
            </th>
            <td className="break-all px-3 py-1.5 align-top font-mono">
              {value}
              {value === mask && <span className="ml-2 font-sans text-muted">masked</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
