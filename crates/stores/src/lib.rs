//! Three hundred thousand stores: reading, packing, searching, with honest opening hours.
