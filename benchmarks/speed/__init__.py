"""Speed: assessing and its scan beside raw Hyperscan and beside what one would use instead."""
