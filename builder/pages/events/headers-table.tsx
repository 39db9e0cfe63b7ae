/** Names and values as they came; credentials arrive here already masked. */
export function HeadersTable({ headers, label = "Headers" }: { headers: Record<string, string>; label?: string }) {
  return (
    <table aria-label={label} className="w-full table-fixed text-xs">
      <tbody className="divide-y divide-line">
        {Object.entries(headers).map(([name, value]) => (
          <tr key={name}>
            <th scope="row" className="w-60 break-words px-3 py-1.5 text-left align-top font-mono font-normal text-muted">
              {name}
            </th>
            <td className="break-all px-3 py-1.5 align-top font-mono">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
