//! Tables of figures, all alike: a name for each row, numbers to the right.

use leptos::prelude::*;

/// A column's name, and whether it has numbers.
pub(crate) type Column = (&'static str, bool);

/// A table that scrolls sideways within itself where the window is narrow. The first cell of a row is its name.
pub(crate) fn table(name: &'static str, columns: &[Column], rows: Vec<Vec<String>>) -> AnyView {
    let heads = columns.iter().map(|(name, number)| view! { <th scope="col" class:n=*number>{*name}</th> }.into_any());
    let heads = heads.collect_view();
    let rows = rows.into_iter().map(|cells| row(columns, cells)).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=name>
            <table>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// `94.1 %`, or a dash where there is nothing to take a share of.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn row(columns: &[Column], cells: Vec<String>) -> AnyView {
    let cells = cells.into_iter().zip(columns).enumerate().map(|(index, (cell, (_, number)))| match index {
        0 => view! { <th scope="row">{cell}</th> }.into_any(),
        _ => view! { <td class:n=*number>{cell}</td> }.into_any(),
    });
    view! { <tr>{cells.collect_view()}</tr> }.into_any()
}
