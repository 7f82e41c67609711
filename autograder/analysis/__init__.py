"""What a class's results say, at a glance: figures, likely mistakes, similar answers, and the pages that show them."""
