"""How strong a lesson's hidden checks are: small mistakes put into its answers, graded, and those that nothing sees."""
