"""``make soak``: phones whose line breaks again and again send the same reports many times, several at once.

Each report must become one ticket, each resend must get the same answer, and another body under a used key must be
refused and leave the first untouched.
"""
