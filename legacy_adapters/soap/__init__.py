"""In: an operation's name and values. Out: the answer's rows as text, or an `AdapterError`.

zeep reads the WSDL and makes each operation's envelope once; a call splices values into it, goes over our own HTTP/1.1
connections, and is read by an extraction that knows its tags. Only this package imports zeep.
"""
