"""Access: who may do what. Keys of shop systems, people who work here with their roles, and members with tokens of their own.

Law:

1. No token and no password is kept, only what a hash made of it; what has to be read again (a secret for codes, a
   provider's client secret) is sealed with a key that is not in the database.
2. Nobody gives away a right that is not their own.
3. A token is shown once, when it is made.
4. What is used once is used once, whoever comes at the same moment: codes, invitations, sign-ins that were begun.
5. Why somebody is not let in is told in so far as it helps whoever is rightly there, and no further.
"""
