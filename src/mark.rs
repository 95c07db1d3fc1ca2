//! Our mark.

#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

use leptos::prelude::*;

/// A rolled tea leaf, which oolong is, opening in a cup seen from above.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
            <circle cx="20" cy="20" r="18.5" class="mark-cup"/>
            <circle cx="20" cy="20" r="14.5" class="mark-tea"/>
            <path
                class="mark-leaf"
                d="M11.2 24.6c-1.6-6.8 3.4-13.4 10.6-13.6 5-.1 8.4 3.2 8.2 7.4-.2 4-3.4 6.6-6.8 6.3-2.9-.2-4.7-2.4-4.4-4.8.3-2 1.9-3.2 3.6-3 1.3.2 2.2 1.2 2 2.4"
            />
            <path class="mark-vein" d="M11.2 24.6c.9 2.3 2.6 3.9 4.8 4.9"/>
        </svg>
    }
}
